import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function SlotsPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.slots')}</PageSentence>;
}
