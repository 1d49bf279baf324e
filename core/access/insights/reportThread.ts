import { once } from 'node:events';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { UnavailableError } from '../../ports/errors';
import type { Insights } from './insights';
import type { InsightLanguage } from './words';

/**
 * Draws report and workbook in a thread of their own, so that the caller's event loop stays free. Throws UnavailableError when the thread dies, as it does for
 * lack of memory.
 */
export async function insightFiles(
	insights: Insights,
	language: InsightLanguage,
): Promise<{ html: string; workbook: Buffer }> {
	const extension = extname(__filename);
	const worker = new Worker(join(__dirname, `reportWorker${extension}`), {
		name: 'erp-bridge-insights',
		workerData: { insights, language },
		execArgv: extension === '.ts' ? ['--require', createRequire(__filename).resolve('tsx/cjs')] : [],
	});
	try {
		const [made] = (await Promise.race([
			once(worker, 'message'),
			once(worker, 'exit').then(([code]) => {
				throw new Error(`its thread ended with code ${code}`);
			}),
		])) as [{ html: string; workbook: Uint8Array }];
		return { html: made.html, workbook: Buffer.from(made.workbook) };
	} catch (error) {
		throw new UnavailableError(
			`The report of ${insights.from} to ${insights.to} could not be made: ${error instanceof Error ? error.message : String(error)}. The log itself was not touched; run it again, and look for lack of memory.`,
			{ system: 'insights' },
		);
	} finally {
		await worker.terminate();
	}
}
