import { Code, Stack, Text, Title } from '@mantine/core';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Answered } from '../parts/trouble.tsx';

/** As many as the API gives at once; who has more begins with these. */
const SHOWN = 100;

/** DAG files that could not be used: where and why. */
export function ImportErrorsPage() {
  const errors = useAnswer('GET /api/v2/importErrors', { query: { limit: SHOWN, order_by: ['filename'] } });
  return (
    <>
      <PageTitle title="Import errors" />
      <Answered query={errors}>
        {({ import_errors: rows }) => (
          <Stack>
            {rows.length === 0 && <Text c="dimmed">Every DAG file could be read.</Text>}
            {rows.map((row) => (
              <section key={row.import_error_id} aria-label={row.filename}>
                <Title order={2} size="h5">
                  {row.filename}
                  {row.line !== null && `:${row.line}`}
                  {row.position !== null && `:${row.position}`}
                </Title>
                <Text size="sm" c="dimmed">
                  <Moment at={row.timestamp} />
                </Text>
                <Code block>{row.stack_trace}</Code>
              </section>
            ))}
          </Stack>
        )}
      </Answered>
    </>
  );
}
