import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { LoginView } from '../login/login-view.tsx';
import { askForLogin, loginNeeded } from '../state/auth.ts';
import { currentConnection } from '../state/current.ts';
import { useObservable } from '../state/observable.ts';
import { tellFault } from '../ui/fault.tsx';
import { Logo } from '../ui/logo.tsx';
import { text } from '../ui/text.ts';
import { ConnectionPill } from './connection-pill.tsx';
import { NoticeToggle } from './notice-toggle.tsx';
import classes from './shell.module.css';
import { useLightPrint } from './use-light-print.ts';

/** Frame of every view: bar on top, the view below, the log-in view in its place when the service refuses. */
export function Shell() {
  const refused = useObservable(loginNeeded);
  const connection = useObservable(currentConnection);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const logOut = useMutation({
    mutationFn: () => call('/logout', { method: 'POST' }),
    onSuccess: () => {
      askForLogin();
      queryClient.clear();
    },
    onError: tellFault,
  });
  useLightPrint();
  if (refused) return <LoginView />;
  const dark = scheme === 'dark';
  const toOther = dark ? text.nav.toLight : text.nav.toDark;
  return (
    <>
      <a href="#content" className="skip">
        {text.nav.skip}
      </a>
      <header className={`${classes.bar} no-print`}>
        <div className={classes.inner}>
          <Link to="/" className={classes.brand} aria-label={text.nav.home}>
            <Logo size={26} />
            <span>{text.product}</span>
          </Link>
          <span className={classes.space} />
          {connection && <ConnectionPill connection={connection} />}
          <NoticeToggle />
          <Tooltip label={toOther}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={toOther}
              onClick={() => setColorScheme(dark ? 'light' : 'dark')}
            >
              {dark ? <IconSun size={19} /> : <IconMoon size={19} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={text.nav.logOut}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={text.nav.logOut}
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
