import { FindingCode, type Severity } from '@slotdeck/model/finding';
import { StaleMark } from '../../components/Age.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FindingRow } from '../../components/FindingList.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { CLUSTER_LOOK, SEVERITY_LOOK } from '../../components/state-look.ts';
import { StateIcon } from '../../components/StateBadge.tsx';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';

/** Every finding with its evidence, worst first. */
export function DoctorPage() {
  const { t } = useWords();
  const { id, live, freshness, now } = useClusterPage();
  const { findings, topology } = live;
  if (topology === null && findings.length === 0) {
    return <EmptyState title={t('doctor.notSeen')} isPage />;
  }
  const aside = <StaleMark freshness={freshness} now={now} />;
  if (findings.length === 0) {
    return (
      <PageSentence
        icon={<StateIcon look={CLUSTER_LOOK.healthy} />}
        below={t('doctor.healthyWhat', { n: FindingCode.options.length })}
        aside={aside}
      >
        {t('doctor.healthy')}
      </PageSentence>
    );
  }
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const counts = [
    count('critical') > 0 ? t('doctor.critical', { n: count('critical') }) : null,
    count('warning') > 0 ? t('doctor.warnings', { n: count('warning') }) : null,
    count('notice') > 0 ? t('doctor.notices', { n: count('notice') }) : null,
  ].filter((part) => part !== null);
  return (
    <>
      <PageSentence
        icon={<StateIcon look={SEVERITY_LOOK[findings[0]?.severity ?? 'notice']} />}
        below={counts.join(', ')}
        aside={aside}
      >
        {t('doctor.sentence', { n: findings.length })}
      </PageSentence>
      <Panel label={t('overview.findings')}>
        <ul aria-live="polite">
          {findings.map((finding) => (
            <FindingRow key={finding.key} finding={finding} topology={topology} clusterId={id} now={now} evidence />
          ))}
        </ul>
      </Panel>
    </>
  );
}
