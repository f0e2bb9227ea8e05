/** What the code of a gateway is for, by the file that it stands in. */
export const CATEGORIES = [
  'HTTP server of Node',
  'router (Fastify)',
  'HTTP client (undici)',
  'sockets, timers, event loop',
  'promises',
  'receive, respond',
  'token, identity',
  'hot lane, limits, quotas',
  'variables',
  'decisions',
  'calls to departments',
  'engine: gather, attach',
  'engine: read answers',
  'engine: write the answer',
  'metrics, traces, log',
  'the rest of the gateway',
  'the floor: parse, stringify',
  'garbage collection',
  'native code, not told apart',
] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Frame {
  readonly functionName: string;
  /** Empty for what Node has natively. */
  readonly url: string;
}

/** The first that matches counts: what is more special stands first. Files of Node that serve everybody are not here. */
const FILES: readonly (readonly [RegExp, Category])[] = [
  [/\/undici\/|^wasm:/, 'HTTP client (undici)'],
  [/^node:_http_/, 'HTTP server of Node'],
  [/\/node_modules\/(@fastify|fastify|find-my-way|avvio)\//, 'router (Fastify)'],
  [/\/compiled\/(read|arena|rows|places)\.ts/, 'engine: read answers'],
  [/\/compiled\/(answer|output)\.ts|\/pipeline\/answer-bytes\.ts/, 'engine: write the answer'],
  [/\/execution\/compiled/, 'engine: gather, attach'],
  [/\/execution\//, 'calls to departments'],
  [/\/(identity|internal-token)\/|\/pipeline\/authenticate\.ts/, 'token, identity'],
  [/\/operation\/coerce\.ts|\/node_modules\/graphql\//, 'variables'],
  [/\/policy\/|\/pipeline\/authorize\.ts/, 'decisions'],
  [
    /\/(limits|quotas|documents|remembered)\/|\/load\.ts|\/under-way\.ts|\/pipeline\/(hot-lane|persisted|protocol)\.ts/,
    'hot lane, limits, quotas',
  ],
  [/\/telemetry\/|\/node_modules\/(pino|prom-client)\//, 'metrics, traces, log'],
  [/\/src\/(http|plain-post|peer|language)\.ts|\/pipeline\/(receive|respond|index)\.ts/, 'receive, respond'],
  [/\/engines\/floor\.ts/, 'the floor: parse, stringify'],
  [/\/gateway\//, 'the rest of the gateway'],
  [/^node:internal\/process\/(task_queues|promises)/, 'promises'],
];

const byUrl = new Map<string, Category | undefined>();
const categoryOfFile = (url: string): Category | undefined => {
  if (!byUrl.has(url)) byUrl.set(url, FILES.find(([pattern]) => pattern.test(url))?.[1]);
  return byUrl.get(url);
};

/** What V8 calls what is no function. */
const BY_NAME: Readonly<Record<string, Category>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'native code, not told apart',
  runMicrotasks: 'promises',
};

/**
 * What a moment is for: of the innermost function that says so, because what Node does natively, or in files that serve
 * everybody, is done for whoever asked for it. Undefined where the thread waited.
 *
 * @param frames from the innermost outwards
 */
export const categoryOf = (frames: readonly Frame[]): Category | undefined => {
  if (frames[0]?.functionName === '(idle)') return undefined;
  for (const { functionName, url } of frames) {
    const found = (url === '' && BY_NAME[functionName]) || categoryOfFile(url);
    if (found) return found;
  }
  return 'sockets, timers, event loop';
};
