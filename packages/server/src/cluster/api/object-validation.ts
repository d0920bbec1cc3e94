import { badRequest, type StatusCause } from './api-status.ts';
import { isLoose, type Loose } from './kubernetes-object.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const QUALIFIED_NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

export function required(field: string, detail = ''): StatusCause {
  return {
    reason: 'FieldValueRequired',
    message: detail === '' ? 'Required value' : `Required value: ${detail}`,
    field,
  };
}

export function invalidValue(field: string, value: unknown, detail: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${detail}`, field };
}

export function unsupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const list = supported.map((one) => JSON.stringify(one)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
    field,
  };
}

export function duplicate(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(value)}`, field };
}

/** A name that is one DNS label: containers, volumes, namespaces. */
export function labelNameFaults(field: string, name: unknown): readonly StatusCause[] {
  if (name === undefined || name === '') return [required(field)];
  if (typeof name !== 'string' || !LABEL.test(name)) return [invalidValue(field, name, LABEL_RULE)];
  return name.length > 63 ? [invalidValue(field, name, 'must be no more than 63 characters')] : [];
}

/** Name, labels and annotations of any object. */
export function metadataFaults(metadata: Loose): readonly StatusCause[] {
  return [...nameFaults(metadata.name), ...labelFaults(metadata.labels), ...annotationFaults(metadata.annotations)];
}

function nameFaults(name: unknown): readonly StatusCause[] {
  if (name === undefined || name === '') return [required('metadata.name', 'name or generateName is required')];
  if (typeof name !== 'string' || !SUBDOMAIN.test(name)) return [invalidValue('metadata.name', name, SUBDOMAIN_RULE)];
  return name.length > 253 ? [invalidValue('metadata.name', name, 'must be no more than 253 characters')] : [];
}

function labelFaults(labels: unknown): readonly StatusCause[] {
  if (labels === undefined || labels === null) return [];
  return Object.entries(textMap(labels, 'metadata.labels')).flatMap(([key, value]) => [
    ...(QUALIFIED_NAME.test(key) ? [] : [invalidValue('metadata.labels', key, QUALIFIED_NAME_RULE)]),
    ...(LABEL_VALUE.test(value) ? [] : [invalidValue('metadata.labels', value, LABEL_VALUE_RULE)]),
    ...(value.length > 63 ? [invalidValue('metadata.labels', value, 'must be no more than 63 characters')] : []),
  ]);
}

const ANNOTATION_BYTES = 256 * 1024;

function annotationFaults(annotations: unknown): readonly StatusCause[] {
  if (annotations === undefined || annotations === null) return [];
  const entries = Object.entries(textMap(annotations, 'metadata.annotations'));
  const names = entries.filter(([key]) => !QUALIFIED_NAME.test(key.toLowerCase()));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...names.map(([key]) => invalidValue('metadata.annotations', key, QUALIFIED_NAME_RULE)),
    ...(bytes > ANNOTATION_BYTES
      ? [
          {
            reason: 'FieldValueTooLong',
            message: `Too long: may not be more than ${ANNOTATION_BYTES} bytes`,
            field: 'metadata.annotations',
          },
        ]
      : []),
  ];
}

/** A map of texts; anything else cannot be decoded at all, which the real server answers with 400. */
function textMap(value: unknown, field: string): Readonly<Record<string, string>> {
  if (!isLoose(value) || Object.values(value).some((one) => typeof one !== 'string')) {
    throw badRequest(`json: cannot unmarshal: ${field} must be an object whose values are strings`);
  }
  return value as Readonly<Record<string, string>>;
}
