import { useEffect } from 'react';
import { Outlet } from '@tanstack/react-router';
import { useLive } from '../stream/use-live.tsx';

/** The frame around every page of a signed-in person. */
export function Shell() {
  const { stream } = useLive();
  useEffect(() => {
    stream.start();
    return stream.stop;
  }, [stream]);
  return (
    <main id="page">
      <Outlet />
    </main>
  );
}
