/** Scopes as chips, marked by the department that they open. */
export function Scopes({ scopes }: { readonly scopes: readonly string[] }) {
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <li key={scope} data-department={scope.split(':', 1)[0]}>
          {scope}
        </li>
      ))}
    </ul>
  );
}
