/** A page that a browser ended on. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

/** Or the parameters with which it was sent to the application. */
export interface Redirected {
  readonly redirected: URLSearchParams;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly value: string;
}

/** As much of a browser as a login needs: cookies by host and path, redirects, forms. No scripts. */
export class Browser {
  readonly #cookies = new Map<string, Cookie>();

  /** Goes to an address and follows redirects, up to one that begins with `until`. */
  async open(url: string, until: string, method = 'GET'): Promise<Page | Redirected> {
    let address = url;
    let verb = method;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await fetch(address, {
        method: verb,
        redirect: 'manual',
        headers: { cookie: this.#cookiesFor(new URL(address)), accept: 'text/html' },
      });
      this.#keep(new URL(address), response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (location === null) return { url: address, status: response.status, html: await response.text() };
      const next = new URL(location, address);
      if (next.href.startsWith(until)) return { redirected: next.searchParams };
      address = next.href;
      verb = 'GET';
    }
    throw new Error('too many redirects');
  }

  submit(action: string, until: string): Promise<Page | Redirected> {
    return this.open(action, until, 'POST');
  }

  #cookiesFor({ hostname, pathname }: URL): string {
    return [...this.#cookies]
      .filter(
        ([, { host, path }]) =>
          host === hostname && (pathname === path || pathname.startsWith(path.replace(/\/?$/, '/'))),
      )
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  #keep({ hostname }: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
      const over = attributes.some((each) => /^expires=.*1970/i.test(each));
      const key = `${name} ${hostname}${path}`;
      if (over) this.#cookies.delete(key);
      else this.#cookies.set(key, { host: hostname, path, value });
    }
  }
}

/** The address of the form on the development provider's page that picks a person; '' picks nobody. */
export function pick({ url, html }: Page, person: string): string {
  const action = `?person=${person}`;
  if (!html.includes(`action="${action}"`)) throw new Error(`nobody to pick: ${html}`);
  return new URL(action, url).href;
}
