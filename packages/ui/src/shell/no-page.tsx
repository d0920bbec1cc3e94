import { Text } from '@mantine/core';
import { PageLink } from '../parts/page-link.tsx';
import { PageTitle } from '../parts/page-title.tsx';

export function NoPage() {
  return (
    <>
      <PageTitle title="There is no such page" />
      <Text mb="xs">Nothing stands at this address.</Text>
      <PageLink to="/dags">All DAGs</PageLink>
    </>
  );
}
