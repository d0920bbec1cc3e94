import {
  ActionIcon,
  Box,
  Button,
  Group,
  Menu,
  Select,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useSession, useSigning } from '../api/session.ts';
import { useZone } from '../parts/zone.tsx';

/** Theme, time zone and account. */
export function Settings() {
  return (
    <Group gap="xs" wrap="nowrap">
      <Box visibleFrom="sm">
        <ZoneChoice />
      </Box>
      <ThemeChoice />
      <Account />
    </Group>
  );
}

function ThemeChoice() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={`Show in ${other} colours`}
      onClick={() => setColorScheme(other)}
    >
      <span aria-hidden="true">{scheme === 'dark' ? '☀' : '☾'}</span>
    </ActionIcon>
  );
}

const ZONES = [
  { value: 'local', label: `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})` },
  { value: 'UTC', label: 'UTC' },
  ...Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone })),
];

/** The zone that times are shown in; where the header is narrow it stands in the navigation. */
export function ZoneChoice() {
  const { zone, setZone } = useZone();
  return (
    <Select
      aria-label="Time zone"
      data={ZONES}
      value={zone}
      onChange={(next) => next !== null && setZone(next)}
      searchable
      allowDeselect={false}
      limit={50}
      size="xs"
      w={170}
    />
  );
}

function Account() {
  const { data: session } = useSession();
  const { signOut } = useSigning();
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" size="xs">
          {session?.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session?.role === null ? 'Only DAGs that are granted' : `Role: ${session?.role}`}</Menu.Label>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
