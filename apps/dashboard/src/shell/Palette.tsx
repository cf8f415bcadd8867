import '@mantine/spotlight/styles.css';
import { Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ClusterId } from '@slotdeck/model/ids';
import { IconSearch } from '../icons.ts';
import { useCluster, useClusters } from '../stream/use-live.tsx';
import { useWords } from '../words/use-words.tsx';
import { paletteEntries, type Destination } from './palette-entries.ts';
import { createSpotlight } from '@mantine/spotlight';
import { pathOf } from './use-shell-cluster.ts';

const [store, spotlight] = createSpotlight();

/** Go to, plan, find a node, a slot or a key. Loaded when it is first opened. */
export function Palette({ cluster, onClose }: { cluster: ClusterId | null; onClose: () => void }) {
  const words = useWords();
  const { t } = words;
  const navigate = useNavigate();
  const [typed, type] = useState('');
  const clusters = useClusters();
  const live = useCluster(cluster);
  useEffect(() => {
    spotlight.open();
    return spotlight.close;
  }, []);
  const entries = paletteEntries(
    typed,
    {
      cluster,
      clusters: clusters.state === 'held' ? clusters.value : [],
      topology: live.state === 'held' ? live.value.live.topology : null,
    },
    words,
  );
  const follow = (to: Destination): void => {
    switch (to.kind) {
      case 'clusters':
        return void navigate({ to: '/clusters' });
      case 'operations':
        return void navigate({ to: '/operations' });
      case 'cluster':
        return void navigate({ to: '/clusters/$clusterId', params: { clusterId: to.id } });
      case 'place':
        return void navigate({ to: pathOf(to.place), params: { clusterId: to.id } });
      case 'plan':
        return void navigate({ to: '/clusters/$clusterId/reshard', params: { clusterId: to.id } });
      case 'change':
        return void navigate({
          to: '/clusters/$clusterId/change',
          params: { clusterId: to.id },
          search: { kind: to.change },
        });
      case 'node':
        return void navigate({
          to: '/clusters/$clusterId/nodes',
          params: { clusterId: to.id },
          search: { node: to.node },
        });
      case 'slot':
        return void navigate({
          to: '/clusters/$clusterId/slots',
          params: { clusterId: to.id },
          search: { slots: String(to.slot) },
        });
    }
  };
  return (
    <Spotlight.Root
      store={store}
      query={typed}
      onQueryChange={type}
      onSpotlightClose={onClose}
      shortcut={null}
      attributes={{ content: { 'aria-label': t('shell.paletteTitle') } }}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0 }}
      yOffset="12vh"
      centered={false}
    >
      <Spotlight.Search
        placeholder={t('shell.paletteHint')}
        aria-label={t('shell.paletteTitle')}
        leftSection={<IconSearch aria-hidden />}
      />
      <Spotlight.ActionsList>
        {entries.map((entry) => (
          <Spotlight.Action
            key={entry.key}
            label={entry.text}
            description={entry.note}
            onClick={() => follow(entry.to)}
          />
        ))}
        {entries.length === 0 ? <Spotlight.Empty>{t('shell.paletteNothing')}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
