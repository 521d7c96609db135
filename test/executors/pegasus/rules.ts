import { z } from 'zod';

/**
 * Rules of Pegasus 5 (5.0.9, 5.1.2) for the files of a workflow, from its documentation and from observed
 * runs, independent of the code that writes the files. Pegasus refuses unknown keys: every object is strict.
 */

const word = z.string().regex(/^[-0-9a-zA-Z_]+$/);
const profiles = z
  .strictObject({
    pegasus: z.record(z.string(), z.string()),
    condor: z.record(z.string(), z.string()),
    env: z.record(z.string(), z.string()),
  })
  .partial();

const use = z.strictObject({
  lfn: z.string().min(1),
  type: z.enum(['input', 'output', 'inout']),
  stageOut: z.boolean().optional(),
  registerReplica: z.boolean().optional(),
});

export const workflowRules = z
  .strictObject({
    pegasus: z.literal('5.0'),
    name: word,
    jobs: z
      .array(
        z.strictObject({
          type: z.literal('job'),
          name: z.string().min(1),
          id: word,
          // Joined with spaces and not quoted: without characters that a shell or Condor would interpret.
          arguments: z.array(z.string().regex(/^[^\s'"$\\]+$/)),
          uses: z.array(use),
          profiles: profiles.optional(),
        }),
      )
      .min(1),
    jobDependencies: z.array(z.strictObject({ id: word, children: z.array(word) })),
  })
  .refine(({ jobs }) => new Set(jobs.map((job) => job.id)).size === jobs.length, 'ids must be unique');

/** Properties in the configuration reference of Pegasus, which silently ignores unknown properties. */
export const KNOWN_PROPERTIES: ReadonlySet<string> = new Set([
  'pegasus.catalog.site',
  'pegasus.catalog.site.file',
  'pegasus.catalog.transformation',
  'pegasus.catalog.transformation.file',
  'pegasus.catalog.replica',
  'pegasus.catalog.replica.file',
  'pegasus.data.configuration',
  'pegasus.transfer.links',
  'pegasus.integrity.checking',
  'pegasus.stageout.clusters',
  'pegasus.clusterer.job.aggregator.seqexec.firstjobfail',
  'dagman.maxjobs',
  'dagman.retry',
]);

const fileServers = z.array(
  z.strictObject({ url: z.string().startsWith('file:///'), operation: z.literal('all') }),
);
const directory = z.strictObject({
  type: z.enum(['sharedScratch', 'localStorage']),
  path: z.string().startsWith('/'),
  sharedFileSystem: z.boolean().optional(),
  fileServers,
});

export const siteRules = z.strictObject({
  pegasus: z.literal('5.0'),
  sites: z.array(
    z.strictObject({
      name: z.string(),
      directories: z.array(directory).min(1),
      profiles: profiles.optional(),
    }),
  ),
});

export const transformationRules = z.strictObject({
  pegasus: z.literal('5.0'),
  transformations: z.array(
    z.strictObject({
      name: z.string(),
      sites: z
        .array(z.strictObject({ name: z.string(), pfn: z.string(), type: z.literal('installed') }))
        .min(1),
      profiles: profiles.optional(),
    }),
  ),
});

export const replicaRules = z.strictObject({
  pegasus: z.literal('5.0'),
  replicas: z.array(
    z.strictObject({
      lfn: z.string(),
      pfns: z.array(z.strictObject({ site: z.string(), pfn: z.string().startsWith('file:///') })).min(1),
    }),
  ),
});
