import type { INodeProperties } from 'n8n-workflow';

export const languageProperty: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'options',
	options: [
		{ name: 'Chinese (Simplified)', value: 'zh-CN' },
		{ name: 'English', value: 'en' },
	],
	default: 'en',
	description: 'Of what is explained',
};
