import { builtinAdapter } from '../../../src/pipeline/builtin.ts';
import { describeAligner } from './align-conformance.ts';

describeAligner('the built-in engine', {
  create: () => builtinAdapter('test'),
  kind: 'computes',
  skipReason: null,
});
