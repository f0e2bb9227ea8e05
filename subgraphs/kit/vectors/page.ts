/** One request, and what a department must answer to it. */
export interface Vector {
  readonly name: string;
  /** The department's own setting. */
  readonly binding: 'body' | 'channel';
  /** The connection it came over. */
  readonly channel: {
    readonly loopback: boolean;
    readonly encrypted: boolean;
    /** `x5t#S256` of the client certificate, if there was one. */
    readonly certificate: string | null;
  };
  readonly headers: { readonly authorization: string | null; readonly 'x-request-id': string | null };
  /** UTF-8. */
  readonly body: string;
  readonly expected:
    | { readonly status: 200; readonly requestId: string; readonly caller: Readonly<Record<string, unknown>> }
    | { readonly status: 401; readonly reason: string };
}

export interface Vectors {
  readonly about: string;
  readonly department: string;
  /** Seconds since 1970: what the department's clock shows. */
  readonly time: number;
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** In this order, over one memory of used tokens. */
  readonly vectors: readonly Vector[];
}

const place = ({ channel }: Vector): string => {
  if (!channel.encrypted) return channel.loopback ? 'HTTP, this machine' : 'HTTP, another machine';
  return channel.certificate === null ? 'TLS, no client certificate' : 'TLS, client certificate';
};

const BEGIN = '<!-- vectors: begin -->';
const END = '<!-- vectors: end -->';

/** The part of the page that lists the vectors. */
export const listed = ({ vectors }: Vectors): string => {
  const rows = vectors.map((vector, index) => {
    const { name, binding, expected } = vector;
    const verdict = expected.status === 200 ? '200' : `401 \`${expected.reason}\``;
    return `| ${index + 1} | ${name} | ${binding} | ${place(vector)} | ${verdict} |`;
  });
  return `| | request | department's setting | connection | answer |\n|---|---|---|---|---|\n${rows.join('\n')}`;
};

/** The page with another list. */
export const withList = (page: string, list: string): string => {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n${list}\n${END}${after}`;
};
