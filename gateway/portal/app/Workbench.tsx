import { useGraphiQL } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Journey } from '../journeys/catalogue.ts';
import { AnswerSummary } from './AnswerSummary.tsx';
import type { Answer } from './answer.ts';
import { fetcherFor } from './fetcher.ts';
import { useLanguage } from './language.tsx';
import { layoutOnlyStorage } from './storage.ts';

const storage = layoutOnlyStorage(localStorage);
const EDITOR_THEME = { light: 'vs', dark: 'vs' };
/** GraphiQL's own size leaves too few lines on a laptop. */
const EDITOR_OPTIONS = { fontSize: 13, lineHeight: 19 };

const variablesOf = (journey: Journey): string => JSON.stringify(journey.variables, null, 2);

/** A click on a journey; a second click on the same one fills it in again. */
export interface Pick {
  readonly journey: Journey;
  readonly turn: number;
}

/** Fills the picked journey into the open tab. Lives inside GraphiQL because only there can its editors be reached. */
function FillIn({ pick }: { readonly pick: Pick }) {
  const { queryEditor, variableEditor, responseEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    responseEditor: state.responseEditor,
  }));
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, responseEditor]) editor?.updateOptions(EDITOR_OPTIONS);
  }, [queryEditor, variableEditor, responseEditor]);
  useEffect(() => {
    if (queryEditor === undefined || variableEditor === undefined) return;
    queryEditor.setValue(pick.journey.query);
    variableEditor.setValue(variablesOf(pick.journey));
    responseEditor?.setValue('');
  }, [pick, queryEditor, variableEditor, responseEditor]);
  return null;
}

interface Props {
  readonly pick: Pick;
  readonly token: string | undefined;
}

/** GraphiQL, asking the gateway as the chosen caller, with the summary of each answer below the result. */
export function Workbench({ pick, token }: Props) {
  const { language } = useLanguage();
  const languageNow = useRef(language);
  languageNow.current = language;
  const [answer, setAnswer] = useState<Answer>();
  // A new function makes GraphiQL ask for the schema again, as it must: each caller has a view of its own. A change of
  // language needs no such question, hence the reference.
  const fetcher = useMemo(
    () => fetcherFor({ token, language: () => languageNow.current, onAnswer: setAnswer }),
    [token],
  );
  // An answer belongs to the caller and journey it was given to.
  useEffect(() => setAnswer(undefined), [pick, token]);

  return (
    <GraphiQL
      fetcher={fetcher}
      // Without a token the schema is not asked for: production answers that with a refusal.
      {...(token === undefined ? { schema: null } : {})}
      storage={storage}
      initialQuery={pick.journey.query}
      initialVariables={variablesOf(pick.journey)}
      defaultEditorToolsVisibility="variables"
      forcedTheme="light"
      editorTheme={EDITOR_THEME}
      showPersistHeadersSettings={false}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
      <GraphiQL.Footer>{answer === undefined ? <span /> : <AnswerSummary answer={answer} />}</GraphiQL.Footer>
      <FillIn pick={pick} />
    </GraphiQL>
  );
}
