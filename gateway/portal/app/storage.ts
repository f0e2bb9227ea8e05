/** How panes are arranged: all that GraphiQL may keep beyond the page. */
const LAYOUT = new Set(
  ['editorFlex', 'docExplorerFlex', 'secondaryEditorFlex', 'visiblePlugin'].map((key) => `graphiql:${key}`),
);

/**
 * GraphiQL would write queries, variables and their history to localStorage, and with them personal numbers and
 * whatever stands in the headers. Here only the layout outlives the page; all else is kept in memory.
 */
export function layoutOnlyStorage(persistent: Storage): Storage {
  const memory = new Map<string, string>();
  return {
    get length() {
      return memory.size;
    },
    key: (index) => [...memory.keys()][index] ?? null,
    getItem: (key) => (LAYOUT.has(key) ? persistent.getItem(key) : (memory.get(key) ?? null)),
    setItem: (key, value) => {
      if (LAYOUT.has(key)) persistent.setItem(key, value);
      else memory.set(key, value);
    },
    removeItem: (key) => {
      if (LAYOUT.has(key)) persistent.removeItem(key);
      else memory.delete(key);
    },
    clear: () => {
      for (const key of LAYOUT) persistent.removeItem(key);
      memory.clear();
    },
  };
}
