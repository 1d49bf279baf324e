import { parentPort, workerData } from 'node:worker_threads';

import type { Insights } from './insights';
import { insightsReport } from './report';
import type { InsightLanguage } from './words';
import { insightsWorkbook } from './workbook';

/* Runs in a worker thread; reportThread.ts starts it with what is to be reported. */

const { insights, language } = workerData as { insights: Insights; language: InsightLanguage };

async function make(): Promise<void> {
	parentPort?.postMessage({
		html: await insightsReport(insights, language),
		workbook: await insightsWorkbook(insights, language),
	});
}

void make();
