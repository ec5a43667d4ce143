using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Placement;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MMOrleans.Grains.Clusters;

/// <summary>The silos as this one sees them, with what each has published.</summary>
internal sealed class ClusterMembers(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    /// <summary>Members that work or are about to, by name.</summary>
    /// <param name="ledger">Who was drained and who trains what.</param>
    public ImmutableArray<SiloDescription> Silos(ClusterLedger ledger) =>
        [
            .. membership
                .CurrentSnapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead)
                .GroupBy(member => member.Name)
                .Select(lives => lives.MaxBy(member => member.SiloAddress.Generation)!) // not the one whose death is still to be noticed
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .Select(member => Describe(member, ledger)),
        ];

    private SiloDescription Describe(ClusterMember member, ClusterLedger ledger)
    {
        var facts = SiloFacts.Read(metadata.GetSiloMetadata(member.SiloAddress).Metadata);
        var status =
            member.Status != SiloStatus.Active ? member.Status.ToString().ToLowerInvariant()
            : ledger.Drained.Contains(member.SiloAddress.ToParsableString()) ? "draining"
            : "active";
        return new(
            member.Name,
            member.SiloAddress.ToParsableString(),
            status,
            facts.Version,
            [
                .. facts.Devices.Select(
                    (device, i) =>
                    {
                        var trainer = PinnedKey.Trainer(member.Name, i);
                        return new TrainerDescription(
                            trainer,
                            device,
                            facts.Fingerprint,
                            ledger.RunOf.GetValueOrDefault(trainer, "")
                        );
                    }
                ),
            ],
            facts.Gateway
        );
    }
}
