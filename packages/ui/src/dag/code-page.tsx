import { Group, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useAnswer } from '../api/use-answer.ts';
import { Moment } from '../parts/moment.tsx';
import { Answered } from '../parts/trouble.tsx';
import { SourceView } from './source-view.tsx';

const route = getRouteApi('/dags/$dagId/code');
/** Older ones are found over REST. */
const MOST_VERSIONS = 100;

/** The file of a DAG as each version was read from it. */
export function CodePage() {
  const { dagId } = route.useParams();
  const { version } = route.useSearch();
  const navigate = route.useNavigate();
  const versions = useAnswer('GET /api/v2/dags/{dag_id}/dagVersions', {
    path: { dag_id: dagId },
    query: { limit: MOST_VERSIONS, order_by: ['-version_number'] },
  });
  const source = useAnswer('GET /api/v2/dagSources/{dag_id}', {
    path: { dag_id: dagId },
    query: version === undefined ? {} : { version_number: version },
  });
  const numbers = versions.data?.dag_versions.map(({ version_number: number }) => String(number)) ?? [];
  const shown = source.data?.version_number ?? null;
  const made = versions.data?.dag_versions.find(({ version_number: number }) => number === shown)?.created_at;
  return (
    <>
      <Group mb="sm" align="end">
        <Select
          label="Version"
          data={numbers}
          value={shown === null ? null : String(shown)}
          onChange={(next) =>
            void navigate({ search: { version: next === null ? undefined : Number(next) }, replace: true })
          }
          allowDeselect={false}
          w={120}
        />
        <Text size="sm" c="dimmed" pb={8}>
          made <Moment at={made} />
        </Text>
      </Group>
      <Answered query={source}>
        {({ content }) => <SourceView source={content ?? ''} label={`The file of ${dagId}`} />}
      </Answered>
    </>
  );
}
