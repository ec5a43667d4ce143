using System.Net;
using Microsoft.Extensions.Hosting;
using MMOrleans.Silo.Configuration;
using Orleans.Runtime;

namespace MMOrleans.Silo;

/// <summary>Ends a silo that has joined under the name of another one that lives: trainers, their slots and logs are told apart by it.</summary>
/// <remarks>
/// A silo that comes back after its death finds its own entry, which has not been declared dead yet. Nothing answers at that address, or it is its
/// own.
/// </remarks>
internal sealed class UniqueName(
    SiloSettings settings,
    IClusterMembershipService membership,
    ILocalSiloDetails self
) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <exception cref="FaultException">MM1004: another silo has the name.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var other in Namesakes())
            if (await FreePorts.AnswersAsync(other, Patience))
                throw new FaultException(
                    "MM1004",
                    $"Name (--name) {settings.Name} is the name of another silo of {settings.ClusterId}, which lives at {other}: whose trainers and logs are whose could not be told",
                    "give each silo a name of its own, or leave --name out; another cluster has another --cluster-id"
                );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<IPEndPoint> Namesakes() =>
        membership
            .CurrentSnapshot.Members.Values.Where(member =>
                member.Name == settings.Name
                && member.Status == SiloStatus.Active
                && !member.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)
            )
            .Select(member => member.SiloAddress.Endpoint);
}
