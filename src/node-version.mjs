const REQUIRED_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  console.error(
    `Rolecall needs Node ${REQUIRED_MAJOR} or later, and this is ${process.version}. On Linux, Windows and Intel macOS, ` +
      'npm ci installs it and npm start uses it; elsewhere, install it from https://nodejs.org.',
  );
  process.exit(1);
}
