global using MMOrleans.Cluster.Tests.Support;
global using MMOrleans.Journeys.Support;
global using Xunit;
