import { Button, Menu } from '@mantine/core';

interface Mark<Deed> {
  readonly deed: Deed;
  readonly label: string;
}

/** The buttons that a run and a task instance have in common; a state that it has already cannot be chosen. */
export function ClearAndMark<Deed extends string>(props: {
  readonly marks: readonly Mark<Deed>[];
  readonly state: string | null;
  readonly onAsk: (deed: 'clear' | Deed) => void;
}) {
  const { marks, state, onAsk } = props;
  return (
    <>
      <Button variant="default" size="xs" onClick={() => onAsk('clear')}>
        Clear
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" size="xs">
            Mark as
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {marks.map(({ deed, label }) => (
            <Menu.Item key={deed} onClick={() => onAsk(deed)} disabled={state === deed}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
