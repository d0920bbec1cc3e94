import { Alert, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAnswer, useChange } from '../api/use-answer.ts';
import { tell } from '../parts/tell.ts';
import { Answered } from '../parts/trouble.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { ParamField } from './param-field.tsx';
import { parsedJson } from './param-kind.ts';
import { confOf, firstValues, type Params } from './trigger-values.ts';

/** Makes a run: asks for the DAG's params by their schemas, and for what else a run may be given. */
export function TriggerDialog({ dagId, onClose }: { readonly dagId: string; readonly onClose: () => void }) {
  const details = useAnswer('GET /api/v2/dags/{dag_id}/details', { path: { dag_id: dagId } });
  return (
    <Answered query={details}>
      {({ params }) => <TriggerForm dagId={dagId} params={params as Params} onClose={onClose} />}
    </Answered>
  );
}

function TriggerForm(props: { readonly dagId: string; readonly params: Params; readonly onClose: () => void }) {
  const { dagId, params, onClose } = props;
  const [values, setValues] = useState(() => firstValues(params));
  const [json, setJson] = useState<string | null>(null);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [extra, setExtra] = useState({ runId: '', logicalDate: '', note: '' });
  const trigger = useChange('POST /api/v2/dags/{dag_id}/dagRuns');
  const send = () => {
    const meant = json === null ? confOf(params, values) : wholeConf(json);
    setFaults('faults' in meant ? meant.faults : {});
    if ('faults' in meant) return;
    const body = {
      conf: { ...meant.conf },
      ...(extra.runId === '' ? {} : { dag_run_id: extra.runId }),
      ...(extra.logicalDate === '' ? {} : { logical_date: extra.logicalDate }),
      ...(extra.note === '' ? {} : { note: extra.note }),
    };
    const onSuccess = (run: { readonly dag_run_id: string }) => {
      tell({ isGood: true, sentence: `Run ${run.dag_run_id} is made.` });
      onClose();
    };
    trigger.mutate({ path: { dag_id: dagId }, body }, { onSuccess });
  };
  return (
    <ActionDialog
      title={`Trigger ${dagId}`}
      deed="Trigger"
      isReady
      isBusy={trigger.isPending}
      onDo={send}
      onClose={onClose}
    >
      {json === null ? (
        Object.entries(params).map(([name, param]) => (
          <ParamField
            key={name}
            name={name}
            param={param}
            value={values[name]}
            fault={faults[name]}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))
      ) : (
        <Textarea
          label="Conf"
          description="A JSON object; names beside the params of the DAG are given to the run as well."
          value={json}
          error={faults.conf}
          onChange={(event) => setJson(event.currentTarget.value)}
          autosize
          minRows={6}
          maxRows={20}
          ff="monospace"
        />
      )}
      <Switch
        label="Write the conf as JSON"
        checked={json !== null}
        onChange={(event) => setJson(event.currentTarget.checked ? textOf(params, values) : null)}
      />
      <ExtraFields extra={extra} onChange={setExtra} />
      {trigger.error !== null && (
        <Alert color="red" role="alert">
          {trigger.error.message}
        </Alert>
      )}
    </ActionDialog>
  );
}

interface Extra {
  readonly runId: string;
  readonly logicalDate: string;
  readonly note: string;
}

function ExtraFields({ extra, onChange }: { readonly extra: Extra; readonly onChange: (extra: Extra) => void }) {
  const field = (key: keyof Extra, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      value={extra[key]}
      onChange={(event) => onChange({ ...extra, [key]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {field('runId', 'Run id', 'Made from the time when it is empty.')}
      {field(
        'logicalDate',
        'Logical date',
        'The time the run stands for, such as 2026-03-01T06:00:00Z; none when it is empty.',
      )}
      {field('note', 'Note', 'For people.')}
    </>
  );
}

function textOf(params: Params, values: Readonly<Record<string, unknown>>): string {
  const meant = confOf(params, values);
  return JSON.stringify('conf' in meant ? meant.conf : {}, null, 2);
}

function wholeConf(text: string): ReturnType<typeof confOf> {
  const parsed = parsedJson(text.trim() === '' ? '{}' : text);
  if ('fault' in parsed) return { faults: { conf: parsed.fault } };
  const { value } = parsed;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { conf: { ...value } };
  return { faults: { conf: 'Expected a JSON object, for instance {"region": "north"}.' } };
}
