import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Bilingual } from '../journeys/catalogue.ts';
import type { DemoClient } from '../src/options.ts';
import { type Claims, claimsOf } from './claims.ts';
import { texts } from './texts.ts';

interface ConsoleConfig {
  readonly environment: 'production' | 'development';
  readonly demo: boolean;
  /** Whether the gateway explains operations. */
  readonly explain: boolean;
  readonly clients: readonly DemoClient[];
}

/** On whose behalf the page asks: nobody, a demo client, or the holder of a pasted token. */
export interface Session {
  readonly config: ConsoleConfig | undefined;
  readonly client: string | undefined;
  readonly purpose: string | undefined;
  /** In memory only: never written to any storage of the browser. */
  readonly token: string | undefined;
  readonly claims: Claims | undefined;
  readonly fetching: boolean;
  readonly problem: Bilingual | undefined;
  choose(client: string | undefined, purpose?: string): void;
  paste(token: string): void;
}

async function fetchToken(client: string, purpose: string): Promise<{ token: string } | { problem: Bilingual }> {
  try {
    const response = await fetch('/console/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client, purpose }),
    });
    const body = await response.json();
    return response.ok ? { token: body.token } : { problem: body.error?.messages ?? texts.unreachable };
  } catch {
    return { problem: texts.unreachable };
  }
}

interface Choice {
  readonly client?: string;
  readonly purpose?: string;
  readonly token?: string;
  readonly problem?: Bilingual;
  readonly fetching: boolean;
}

const NOBODY: Choice = { fetching: false };

/** Holds the caller that the page stands for and fetches its token whenever another is chosen. */
export function useSession(first: { readonly client: string; readonly purpose: string }): Session {
  const [config, setConfig] = useState<ConsoleConfig>();
  const [choice, setChoice] = useState<Choice>(NOBODY);
  // Only the latest choice may set the token: an answer that comes late belongs to a caller no longer chosen.
  const turn = useRef(0);

  const chooseFrom = useCallback(async (clients: readonly DemoClient[], client?: string, asked?: string) => {
    turn.current += 1;
    const mine = turn.current;
    const found = clients.find(({ id }) => id === client);
    const purpose = found?.purposes.find(({ code }) => code === asked)?.code ?? found?.purposes[0]?.code;
    if (found === undefined || purpose === undefined) {
      return setChoice({ ...NOBODY, ...(client === undefined ? {} : { problem: texts.notOffered }) });
    }
    // The token that is being renewed goes on serving; one of another caller must not.
    setChoice(({ client: before, purpose: beforePurpose, token }) => ({
      client: found.id,
      purpose,
      fetching: true,
      ...(before === found.id && beforePurpose === purpose && token !== undefined ? { token } : {}),
    }));
    const outcome = await fetchToken(found.id, purpose);
    if (mine === turn.current) setChoice({ client: found.id, purpose, fetching: false, ...outcome });
  }, []);

  // Asked once: who comes first is decided by the address of the page.
  const firstChoice = useRef(first);
  useEffect(() => {
    fetch('/console/config.json')
      .then((response) => response.json())
      .then(async (loaded: ConsoleConfig) => {
        if (loaded.demo) await chooseFrom(loaded.clients, firstChoice.current.client, firstChoice.current.purpose);
        setConfig(loaded);
      })
      .catch(() => setChoice({ fetching: false, problem: texts.unreachable }));
  }, [chooseFrom]);

  const { client, purpose, token, problem, fetching } = choice;
  const claims = useMemo(() => (token === undefined ? undefined : claimsOf(token)), [token]);
  return {
    config,
    client,
    purpose,
    token,
    claims,
    fetching,
    problem,
    choose: (chosen, asked) => void chooseFrom(config?.clients ?? [], chosen, asked),
    paste: (pasted) => {
      turn.current += 1;
      setChoice({
        fetching: false,
        token: pasted,
        ...(claimsOf(pasted) === undefined ? { problem: texts.notJwt } : {}),
      });
    },
  };
}
