global using System.Collections.Immutable;
global using MMOrleans.Runs.Faults;
global using Xunit;
