import type { SessionDetail } from '../../../src/contract/api.ts';
import { ParameterForm } from '../../../web/src/start/parameter-form.tsx';
import type { FormKind } from '../../../web/src/start/use-parameter-form.ts';
import type { FixtureProps } from '../../support/browser/component-page.tsx';

interface Args {
  readonly session: SessionDetail;
  readonly kind: FormKind;
}

export function Fixture({ args: { session, kind }, report }: FixtureProps<Args>) {
  return <ParameterForm session={session} kind={kind} onClose={() => report('closed', true)} />;
}
