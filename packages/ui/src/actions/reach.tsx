import { Checkbox, Group } from '@mantine/core';

/** How far an action goes beyond the task instance that it starts from. */
export interface Reach {
  readonly include_upstream: boolean;
  readonly include_downstream: boolean;
  readonly include_past: boolean;
  readonly include_future: boolean;
}

export const ALONE: Reach = {
  include_upstream: false,
  include_downstream: false,
  include_past: false,
  include_future: false,
};

const CHOICES = [
  { key: 'include_upstream', label: 'Upstream', tells: 'The tasks above it, in the same run' },
  { key: 'include_downstream', label: 'Downstream', tells: 'The tasks below it, in the same run' },
  { key: 'include_past', label: 'Past', tells: 'The same in earlier runs' },
  { key: 'include_future', label: 'Future', tells: 'The same in later runs' },
] as const;

export function ReachChoice({ reach, onChange }: { readonly reach: Reach; readonly onChange: (reach: Reach) => void }) {
  return (
    <Group gap="md">
      {CHOICES.map(({ key, label, tells }) => (
        <Checkbox
          key={key}
          label={label}
          title={tells}
          checked={reach[key]}
          onChange={(event) => onChange({ ...reach, [key]: event.currentTarget.checked })}
        />
      ))}
    </Group>
  );
}
