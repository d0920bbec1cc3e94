import { Select } from '@mantine/core';

/** One of some words, for a filter. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  /** How "all of them" is called; null when one of the values must be chosen. */
  readonly all: string | null;
  readonly values: readonly Value[];
  readonly textOf?: (value: Value) => string;
  readonly value: Value | undefined;
  readonly onChoose: (value: Value | undefined) => void;
}) {
  const { label, all, values, textOf = (value) => value.replaceAll('_', ' '), value, onChoose } = props;
  const data = values.map((one) => ({ value: one as string, label: textOf(one) }));
  return (
    <Select
      aria-label={label}
      size="xs"
      w={130}
      allowDeselect={false}
      data={all === null ? data : [{ value: '', label: all }, ...data]}
      value={value ?? ''}
      onChange={(next) => onChoose(values.find((one) => one === next))}
    />
  );
}
