import { testCheats } from './cheats.ts';

testCheats({ ownServers: true });
