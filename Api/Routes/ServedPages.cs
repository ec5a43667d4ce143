namespace MMOrleans.Api.Routes;

/// <summary>What is served beside REST and the page.</summary>
/// <param name="HasDashboard">Orleans' own dashboard, at <see cref="ApiHosting.Dashboard"/>.</param>
internal sealed record ServedPages(bool HasDashboard);
