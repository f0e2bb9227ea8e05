import { tryParseJSONC, useGraphiQL } from '@graphiql/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type OtherError, sortErrors } from './answer.ts';
import { type Asker, ask } from './ask.ts';
import { type Explanation, explanationOf } from './explanation.ts';
import { texts } from './texts.ts';

/** What became of a question: an explanation, or why there is none. */
export type Explained =
  | { readonly explanation: Explanation }
  | { readonly status: number; readonly requestId?: string; readonly errors: readonly OtherError[] };

/** The texts that an explanation is of. */
interface Texts {
  readonly query: string;
  readonly variables: string;
}

/**
 * Has the operation in the editors explained by the gateway, as the caller in use, without running it: at once, and again
 * for another caller. To be used inside GraphiQL, where its editors can be reached.
 *
 * @param waiting true while a caller's token is on its way
 */
export function useExplanation({ token, language }: Asker, waiting: boolean) {
  const { queryEditor, variableEditor, headerEditor, operationName } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    headerEditor: state.headerEditor,
    operationName: state.operationName,
  }));
  const [explained, setExplained] = useState<Explained>();
  const [asking, setAsking] = useState(true);
  const [edited, setEdited] = useState(false);
  const asked = useRef<Texts>(undefined);
  // Only the latest question may be answered: the one before it was another caller's, or another text's.
  const turn = useRef(0);
  // Read when it is asked, so that neither typing nor a change of language asks anew.
  const latest = useRef({ operationName, language });
  latest.current = { operationName, language };

  const explain = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    const texts = { query: queryEditor?.getValue() ?? '', variables: variableEditor?.getValue() ?? '' };
    asked.current = texts;
    setEdited(false);
    setAsking(true);
    const outcome = await outcomeOf(
      { ...texts, headers: headerEditor?.getValue() ?? '' },
      { token, ...latest.current },
    );
    if (mine !== turn.current) return;
    setExplained(outcome);
    setAsking(false);
  }, [token, queryEditor, variableEditor, headerEditor]);

  useEffect(() => {
    if (!waiting) void explain();
  }, [explain, waiting]);

  useEffect(() => {
    const compare = () =>
      setEdited(
        queryEditor?.getValue() !== asked.current?.query || variableEditor?.getValue() !== asked.current?.variables,
      );
    const listeners = [queryEditor, variableEditor].map((editor) => editor?.onDidChangeModelContent(compare));
    return () => {
      for (const listener of listeners) listener?.dispose();
    };
  }, [queryEditor, variableEditor]);

  return { explained, asking: asking || waiting, edited, explain };
}

async function outcomeOf(
  written: Texts & { readonly headers: string },
  { operationName, ...asker }: Asker & { readonly operationName: string | undefined },
): Promise<Explained> {
  try {
    // Comments and trailing commas are taken, as they are where the query is run.
    const [variables, headers] = [tryParseJSONC(written.variables), tryParseJSONC(written.headers)];
    const request = { query: written.query, variables, operationName };
    const { body, status, requestId } = await ask('/explain', request, asker, headers);
    const explanation = explanationOf(body);
    if (explanation !== undefined) return { explanation };
    return { status, errors: sortErrors(body).otherErrors, ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    const message = `${texts.notJson[asker.language()]} ${error instanceof Error ? error.message : ''}`;
    return { status: 0, errors: [{ code: '', message }] };
  }
}
