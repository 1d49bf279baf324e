import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { StoreConfig } from '../../../core/store/open';

export interface PeerProcess {
	/** everything it said so far */
	lines: string[];
	/** the exit code; null when a signal ended it */
	exited: Promise<number | null>;
	/** resolves once it has said so many lines; rejects when it ends before */
	said(count: number): Promise<void>;
	kill(): void;
}

export function startPeer(
	task: 'count' | 'write' | 'open' | 'read' | 'hang' | 'report' | 'decide',
	config: StoreConfig,
): PeerProcess {
	return startNode(['--import', 'tsx', join(__dirname, 'peerProcess.ts'), task, JSON.stringify(config)]);
}

export function startNode(parameters: string[]): PeerProcess {
	const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
	const lines: string[] = [];
	const errors: string[] = [];
	const output = createInterface(child.stdout);
	output.on('line', (line) => lines.push(line));
	child.stderr.on('data', (text) => errors.push(String(text)));
	const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
	return {
		lines,
		exited,
		async said(count) {
			await new Promise<void>((resolve, reject) => {
				const look = () => {
					if (lines.length >= count) resolve();
				};
				look();
				output.on('line', look);
				void exited.then(() => reject(new Error(`The peer ended early: ${errors.join('')}`)));
			});
		},
		kill: () => void child.kill('SIGKILL'),
	};
}
