namespace MMOrleans.Grains.Interfaces.Transport;

/// <summary>Invites other silos to send vectors over a connection of their own, beside the calls that name them.</summary>
/// <remarks>Key: <c>silo/connections</c>; pinned to that silo.</remarks>
[Alias("mm.IVectorConnectionGrain")]
public interface IVectorConnectionGrain : IGrainWithStringKey
{
    /// <summary>Invites the caller; an invitation before this one is void.</summary>
    /// <param name="silo">The caller's name.</param>
    /// <returns>Where to connect, within half a minute; null where this silo takes none.</returns>
    [Alias("Invite"), AlwaysInterleave]
    Task<VectorAddress?> InviteAsync(string silo);
}
