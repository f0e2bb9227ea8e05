import './my-data.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from '../app/language.tsx';
import { takeReturn } from './login.ts';
import { MyData } from './MyData.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('my-data.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      <MyData returned={takeReturn()} />
    </LanguageProvider>
  </StrictMode>,
);
