import { useText } from './useText.ts';

/** The limits of the list, for whoever wonders what is missing. */
export function About() {
  const text = useText();
  return (
    <section className="about" aria-labelledby="about-title">
      <h2 id="about-title">{text('about')}</h2>
      <ul>
        <li>{text('aboutEvery')}</li>
        <li>{text('aboutValues')}</li>
        <li>{text('aboutOthers')}</li>
        <li>{text('aboutDelay')}</li>
        <li>{text('aboutWrong')}</li>
      </ul>
    </section>
  );
}
