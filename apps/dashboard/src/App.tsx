import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import type { makeRouter } from './routes.tsx';
import type { Live } from './stream/live.ts';
import { LiveProvider } from './stream/use-live.tsx';
import { cssVariablesResolver, theme } from './theme/theme.ts';
import { WordsProvider } from './words/use-words.tsx';
import type { Words } from './words/words.ts';

/** Everything that pages find around them. Made from parts, so that a test can bring its own. */
export function App({
  cache,
  router,
  live,
  words,
}: {
  cache: QueryClient;
  router: ReturnType<typeof makeRouter>;
  live: Live;
  words: Words;
}) {
  return (
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <WordsProvider initial={words}>
          <QueryClientProvider client={cache}>
            <LiveProvider live={live}>
              <RouterProvider router={router} />
            </LiveProvider>
          </QueryClientProvider>
        </WordsProvider>
      </MantineProvider>
    </StrictMode>
  );
}
