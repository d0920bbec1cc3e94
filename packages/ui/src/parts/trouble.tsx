import { Alert, Button, Center, Loader } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** What went wrong, in the API's own sentence, and a way to try again. */
export function Trouble({ error, retry }: { readonly error: Error; readonly retry?: () => unknown }) {
  return (
    <Alert color="red" title="This could not be shown" role="alert">
      {error.message}
      {retry !== undefined && (
        <Button variant="light" size="xs" mt="sm" display="block" onClick={() => void retry()}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** The answer when it is here; until then a sign that it is read, or why it could not be. */
export function Answered<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data, Error>;
  readonly children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Trouble error={query.error} retry={query.refetch} />;
  return (
    <Center p="xl">
      <Loader aria-label="Loading" />
    </Center>
  );
}
