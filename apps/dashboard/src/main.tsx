import './theme/fonts.css';
import './theme/mantine.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { makeQueryClient } from './query-client.ts';
import { makeRouter } from './routes.tsx';
import { makeLive } from './stream/live.ts';
import { loadWords, rememberedLanguage } from './words/language.ts';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element "root"');

const cache = makeQueryClient();
const words = await loadWords(rememberedLanguage());
createRoot(place).render(<App cache={cache} router={makeRouter(cache)} live={makeLive(cache)} words={words} />);
