using Daarion.Server.Cli;

return await CommandLine.Run(args);
