import { rowsOf } from '../reliability/row.ts';

/**
 * What attackers send, by what they send it to. A test names its rows at its end, as in `… [A33]`. A row without a test
 * says after `::` why it has none.
 */
export const ABUSE_ROWS = rowsOf(`
A01 The worker API meets no token, garbage, and web tokens whose header asks for trust.
A02 The worker API meets the token of another attempt.
A03 The worker API meets the token of a closed attempt.
A04 A token of one kind, audience or deployment is sent where another is meant.
A05 A claim is repeated with another nonce.
A06 Heartbeats flood.
A07 A report comes twice, with different results.
A08 A pod's token is another pod's, a deleted one's, or for another audience.
A09 An XCom is too large, too deep, or no JSON.
A10 An XCom is shaped like a class, a page or a template.
A11 JSON reaches for prototypes.
A12 JSON is too large, too wide, too deep, or says a field twice.
A13 YAML aliases explode.
A14 YAML merge keys cost time.
A15 YAML carries tags, functions, several documents.
A16 A pod override asks for the host.
A17 A pod override asks for another identity.
A18 A pod override is huge, or its names are odd.
A19 A foreign pod has our label and malformed annotations.
A20 A foreign pod pretends to be a live attempt's.
A21 Ids hold slashes, dots, NUL, line breaks, or five thousand letters.
A22 A log's path leads elsewhere.
A23 A log is asked for with the right to another DAG's.
A24 A log file is a link or a device. :: logs are rows in Postgres; no route opens a file by what a request or a worker says
A25 A worker names where its log is. :: a worker names no place: the server reads its own rows by the attempt's id
A26 A log holds markup and control codes.
A27 The search in a log is a pattern that never ends. :: the page has no view of logs with a search yet
A28 A DAG's text holds markup, scripts and images. :: the page shows it as the text it is, without Markdown (packages/ui/src/dag/dag-details-page.tsx)
A29 Names and notes are scripts.
A30 A browser is sent here from another site.
A31 Passwords are guessed, and sign-ins flood.
A32 A session is fixed before the sign-in, or used after its end.
A33 A provider's answer lacks or forges state, nonce, code or issuer; a name or e-mail equals an admin's; the way back leads elsewhere.
A34 Something has a default password or key.
A35 Every route is asked by those who may not.
A36 A body sets what is not the sender's to set.
A37 A query asks for too much, or for what there is not.
A38 Texts are SQL.
A39 A connection test, webhook or URL leads to an inner address.
A40 Connections are slow, many, or ambiguous.
A41 An archive writes outside its folder. :: nothing is uploaded and no archive is unpacked
A42 A git source runs commands. :: Gantry runs no git: DAGs are files, and git-sync is a container of its own
A43 A DAG file reads secrets, eats memory or forges its spec.
A44 A DAG is huge or a circle.
A45 A schedule or a time zone cannot be.
A46 A secret is printed in whatever form.
A47 A sealed secret is moved, cut or changed.
A48 The queue holds forged messages. :: there is no queue executor yet; a launched attempt is a row in Postgres
A49 A secret stands in an argument, or a server's text steers the terminal.
A50 Health tells of people and secrets.
A51 The audit log is edited or forged.
A52 A dependency runs a script at its installation, or comes from elsewhere.
`);

/** Tests that hold a row and bear no tag of it: file, and a name as it stands there. */
export const HELD_BY: Readonly<Record<string, readonly (readonly [file: string, name: string])[]>> = {
  A08: [
    ['packages/server/src/api/execution/execution-api.test.ts', 'of a pod needs the token of the attempt’s own pod'],
    ['packages/server/src/main/pod-token-verifier.test.ts', 'is refused when it is for another deployment'],
  ],
  A13: [['packages/server/src/kube/pod/pod-template.test.ts', 'the cost of a hostile template is bounded']],
  A14: [['packages/server/src/kube/pod/pod-template.test.ts', 'merge keys of a large map']],
  A16: [['packages/server/src/kube/pod/pod-policy-real.test.ts', 'refuses exactly what the policy refuses: $what']],
  A17: [
    [
      'packages/server/src/kube/pod/build-pod.test.ts',
      'buildPod refuses an override of its identity, naming the path:',
    ],
    ['packages/server/src/kube/pod/identity-guard.test.ts', 'that is the only variable of Gantry to set'],
  ],
  A18: [
    ['packages/server/src/kube/pod/schema/check-pod-shape.test.ts', 'is bounded: by findings and by depth'],
    ['packages/server/src/kube/pod/label-safe.test.ts', 'makes of every text a value that Kubernetes accepts'],
    ['packages/server/src/kube/pod/pod-name.test.ts', 'is a DNS-1123 label of at most 63 characters whatever the ids'],
  ],
  A19: [
    ['packages/server/src/kube/pod-observation.test.ts', 'never throws, whatever the API sends'],
    ['packages/server/src/kube/pod-observation.test.ts', 'is no pod at all without name, uid and version'],
  ],
  A20: [
    [
      'packages/server/src/executors/kubernetes/pod-applier.test.ts',
      'ignores the end of another object of the same name',
    ],
    [
      'packages/server/src/executors/kubernetes/pod-launcher.test.ts',
      'leaves a foreign pod of the same name untouched',
    ],
  ],
  A26: [['packages/server/src/cli/output/table.test.ts', 'what others wrote cannot steer the terminal']],
  A43: [
    ['packages/server/src/intake/load-dag-file.test.ts', 'the child sees no option and no credential of the server'],
    [
      'packages/server/src/intake/load-dag-file.test.ts',
      'what the child claims is checked again: a forged spec is refused',
    ],
    [
      'packages/server/src/intake/load-dag-file.test.ts',
      'a file that eats memory is stopped, on the heap and in buffers',
    ],
  ],
  A44: [
    ['packages/server/src/intake/load-dag-file.test.ts', "'10001 tasks'"],
    ['packages/sdk/src/author/dag.test.ts', 'a cycle is told with its path'],
  ],
  A45: [
    ['packages/server/src/plan/timetable/next-run.test.ts', 'refuses %s in %s with a sentence that names both'],
    ['packages/server/src/plan/timetable/next-run.test.ts', 'a run beyond the last date there can be is none'],
  ],
};
