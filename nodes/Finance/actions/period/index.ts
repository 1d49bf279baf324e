import { bookSearches } from '../../bookFields';
import type { FinanceResource } from '../../resource';
import * as audit from './audit.operation';
import * as checkPosting from './checkPosting.operation';
import * as close from './close.operation';
import * as findDrift from './findDrift.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as grantException from './grantException.operation';
import * as lock from './lock.operation';
import * as pushToLedger from './pushToLedger.operation';
import * as reopen from './reopen.operation';
import * as withdrawException from './withdrawException.operation';

/** Fiscal periods and their locks. */
export const period: FinanceResource = {
	value: 'period',
	name: 'Period',
	defaultOperation: 'checkPosting',
	operations: {
		audit: {
			name: 'Audit',
			description: 'Who closed, locked, reopened or granted what, when and why',
			action: 'Audit the period locks',
			asksFor: ['stateStore'],
			file: audit,
		},
		checkPosting: {
			name: 'Check Posting',
			description: 'Part what may be posted on its day from what a lock forbids',
			action: 'Check whether something may be posted',
			asksFor: ['stateStore'],
			file: checkPosting,
		},
		close: {
			name: 'Close',
			description: 'Close a period so that only certain roles may still post; it can be reopened',
			action: 'Close a period',
			asksFor: ['stateStore'],
			file: close,
		},
		findDrift: {
			name: 'Find Drift',
			description: "Compare the calendar with the ledger's own periods; changes nothing",
			action: 'Find drift between calendar and ledger',
			asksFor: ['system', 'stateStore'],
			file: findDrift,
		},
		get: {
			name: 'Get',
			description: 'The period that a moment falls in, and what is closed then',
			action: 'Get the period of a moment',
			asksFor: ['stateStore'],
			file: get,
		},
		getAll: {
			name: 'Get Many',
			description: 'The periods of a fiscal year, and what is closed of each',
			action: 'Get the periods of a year',
			asksFor: ['stateStore'],
			file: getAll,
		},
		grantException: {
			name: 'Grant Exception',
			description: 'Let a person or a role post into a closed period for a while',
			action: 'Grant an exception',
			asksFor: ['stateStore'],
			file: grantException,
		},
		lock: {
			name: 'Lock',
			description: 'Close a period for good',
			action: 'Lock a period',
			asksFor: ['stateStore'],
			file: lock,
		},
		pushToLedger: {
			name: 'Push to Ledger',
			description: "Make the ledger's own periods what the calendar says, and read them back",
			action: 'Push the locks to the ledger',
			asksFor: ['system', 'stateStore'],
			file: pushToLedger,
		},
		reopen: {
			name: 'Reopen',
			description: 'Open a closed period again, unless it was locked',
			action: 'Reopen a period',
			asksFor: ['stateStore'],
			file: reopen,
		},
		withdrawException: {
			name: 'Withdraw Exception',
			description: 'End an exception before its time',
			action: 'Withdraw an exception',
			asksFor: ['stateStore'],
			file: withdrawException,
		},
	},
	listSearch: { ...bookSearches, searchExceptions: withdrawException.searchExceptions },
};
