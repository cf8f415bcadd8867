import { EmptyState } from '../components/EmptyState.tsx';
import { LinkButton } from '../components/LinkButton.tsx';
import { useWords } from '../words/use-words.tsx';

export function PageMissing() {
  const { t } = useWords();
  return (
    <EmptyState
      title={t('shell.noSuchPage')}
      action={<LinkButton to="/clusters">{t('shell.toClusters')}</LinkButton>}
      isPage
    >
      {t('shell.noSuchPageWhat')}
    </EmptyState>
  );
}
