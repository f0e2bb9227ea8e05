import { useGraphiQL } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Journey } from '../journeys/catalogue.ts';
import { AnswerSummary } from './AnswerSummary.tsx';
import type { Answer } from './answer.ts';
import { ExplainPane } from './ExplainPane.tsx';
import { fetcherFor } from './fetcher.ts';
import { useLanguage } from './language.tsx';
import { layoutOnlyStorage } from './storage.ts';
import { useText } from './useText.ts';

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
  /** While the token of another caller is on its way. */
  readonly waiting: boolean;
  /** Whether the gateway explains operations. */
  readonly explains: boolean;
}

type View = 'answer' | 'explanation';

interface ViewSwitchProps {
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** Above the right half: what stands there. To open the explanation is to ask for it. */
function ViewSwitch({ view, onView }: ViewSwitchProps) {
  const text = useText();
  return (
    <fieldset className="views" aria-label={text('view')}>
      <button type="button" aria-pressed={view === 'answer'} onClick={() => onView('answer')}>
        {text('answer')}
      </button>
      <button
        type="button"
        id="explain"
        title={text('explainHint')}
        aria-pressed={view === 'explanation'}
        onClick={() => onView('explanation')}
      >
        {text('explain')}
      </button>
    </fieldset>
  );
}

/** GraphiQL, asking the gateway as the chosen caller; below each answer its summary, in its place the explanation. */
export function Workbench({ pick, token, waiting, explains }: Props) {
  const { language } = useLanguage();
  const languageNow = useRef(language);
  languageNow.current = language;
  const [answer, setAnswer] = useState<Answer>();
  const [view, setView] = useState<View>('answer');
  // A new function makes GraphiQL ask for the schema again, as it must: each caller has a view of its own. A change of
  // language needs no such question, hence the reference.
  const asker = useMemo(() => ({ token, language: () => languageNow.current }), [token]);
  const fetcher = useMemo(() => {
    const onAnswer = (given: Answer) => {
      setAnswer(given);
      setView('answer');
    };
    return fetcherFor({ ...asker, onAnswer });
  }, [asker]);
  // An answer belongs to the caller and journey it was given to; an explanation is asked anew for another caller.
  useEffect(() => setAnswer(undefined), [pick, token]);
  useEffect(() => setView('answer'), [pick]);

  const onExplain = explains ? () => setView('explanation') : undefined;
  const onClose = () => {
    setView('answer');
    document.getElementById('explain')?.focus();
  };

  return (
    <GraphiQL
      fetcher={fetcher}
      className={`view-${view}`}
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
      <GraphiQL.Logo>{explains ? <ViewSwitch view={view} onView={setView} /> : <span />}</GraphiQL.Logo>
      <GraphiQL.Footer>
        {view === 'explanation' ? (
          <ExplainPane {...asker} waiting={waiting} onClose={onClose} />
        ) : answer === undefined ? (
          <span />
        ) : (
          <AnswerSummary answer={answer} onExplain={onExplain} />
        )}
      </GraphiQL.Footer>
      <FillIn pick={pick} />
    </GraphiQL>
  );
}
