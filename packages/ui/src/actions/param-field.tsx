import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { paramKind } from './param-kind.ts';

export interface Param {
  readonly value: unknown;
  readonly schema: unknown;
  readonly description: string | null;
}

/** The field of one param. `value` is what it stands at; of a JSON field its text. */
export function ParamField(props: {
  readonly name: string;
  readonly param: Param;
  readonly value: unknown;
  readonly fault: string | undefined;
  readonly onChange: (value: unknown) => void;
}) {
  const { name, param, value, fault, onChange } = props;
  const schema = (param.schema ?? {}) as { readonly enum?: readonly unknown[]; readonly [key: string]: unknown };
  const shown = { label: name, description: param.description, error: fault };
  const limit = (key: string) => (typeof schema[key] === 'number' ? (schema[key] as number) : undefined);
  switch (paramKind(schema)) {
    case 'choice': {
      const choices = schema.enum ?? [];
      const chosen = (text: string | null) => choices.find((one) => String(one) === text);
      return (
        <Select
          {...shown}
          data={choices.map(String)}
          value={value === undefined ? null : String(value)}
          onChange={(text) => onChange(chosen(text))}
          allowDeselect={false}
        />
      );
    }
    case 'yes or no':
      return <Switch {...shown} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case 'whole number':
    case 'number':
      return (
        <NumberInput
          {...shown}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? undefined : Number(next))}
          allowDecimal={paramKind(schema) === 'number'}
          min={limit('minimum')}
          max={limit('maximum')}
          clampBehavior="none"
        />
      );
    case 'text':
      return (
        <TextInput
          {...shown}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'json':
      return (
        <Textarea
          {...shown}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={12}
          ff="monospace"
        />
      );
  }
}
