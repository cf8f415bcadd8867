import { LoadingPanel } from '../components/LoadingPanel.tsx';
import { useWords } from '../words/use-words.tsx';

export function PagePending() {
  const { t } = useWords();
  return <LoadingPanel note={t('shell.loadingPage')} />;
}
