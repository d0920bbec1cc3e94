import { Group, Text } from '@mantine/core';
import { PageLink } from '../parts/page-link.tsx';
import icon from './icon.svg';

export function Brand() {
  return (
    <PageLink to="/" underline="never" c="inherit" aria-label="Gantry">
      <Group gap={8} wrap="nowrap">
        <img src={icon} alt="" width={26} height={26} />
        <Text fw={700} span>
          Gantry
        </Text>
      </Group>
    </PageLink>
  );
}
