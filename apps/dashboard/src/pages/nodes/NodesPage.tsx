import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function NodesPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.nodes')}</PageSentence>;
}
