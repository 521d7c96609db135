import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { LoginView } from '../login/login-view.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.ts';
import { notifyError } from '../ui/error-message.tsx';
import { Logo } from '../ui/logo.tsx';
import { uiWords } from '../ui/words.ts';
import { ConnectionPill } from './connection-pill.tsx';
import { NoticeToggle } from './notice-toggle.tsx';
import classes from './shell.module.css';
import { useLightPrint } from './use-light-print.ts';
import { shellWords } from './words.ts';

/**
 * Frame of every view: a bar at the top and the view below it, or the log-in view if the service refuses
 * access.
 */
export function Shell() {
  const { queryClient, login, connections } = useServices();
  const isLoginNeeded = useObservable(login.isNeeded);
  const connection = useObservable(connections.current);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const logOut = useMutation({
    mutationFn: () => queryClient.api.post('/logout'),
    onSuccess: () => {
      login.require();
      queryClient.clear();
    },
    onError: notifyError,
  });
  useLightPrint();
  if (isLoginNeeded) return <LoginView />;
  const isDark = scheme === 'dark';
  const switchLabel = isDark ? shellWords.toLight : shellWords.toDark;
  return (
    <>
      <a href="#content" className="skip">
        {shellWords.skip}
      </a>
      <header className={`${classes.bar} no-print`}>
        <div className={classes.inner}>
          <Link to="/" className={classes.brand} aria-label={shellWords.home}>
            <Logo size={26} />
            <span>{uiWords.product}</span>
          </Link>
          <span className={classes.space} />
          {connection && <ConnectionPill connection={connection} />}
          <NoticeToggle />
          <Tooltip label={switchLabel}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={switchLabel}
              onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
            >
              {isDark ? <IconSun size={19} /> : <IconMoon size={19} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={shellWords.logOut}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={shellWords.logOut}
              onClick={() => logOut.mutate()}
            >
              <IconLogout size={19} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <main id="content" className={classes.content} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}
