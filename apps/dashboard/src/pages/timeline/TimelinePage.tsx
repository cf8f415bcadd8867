import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function TimelinePage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.timeline')}</PageSentence>;
}
